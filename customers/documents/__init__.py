"""Files that customers hand in: what they really are, and where they lie."""
