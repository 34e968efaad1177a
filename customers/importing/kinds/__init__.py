"""What each kind of file does to the archive, row by row. Balances are judged as sets instead (customers.importing.balances)."""
