"""Pages of one's own account, notifications and covers."""
