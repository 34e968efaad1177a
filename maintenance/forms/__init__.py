"""What people type on the pages of daily maintenance."""
