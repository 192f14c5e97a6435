"""CSV and workbooks of banks and wallets: columns are found by the names that banks give them."""
