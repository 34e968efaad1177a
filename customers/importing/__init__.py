"""Files of other systems on their way into the archive: read, mapped, checked whole, applied in one go, undone whole."""
