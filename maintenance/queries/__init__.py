"""What the pages of daily maintenance read."""
