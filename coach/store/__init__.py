"""Tables, migrations and the SQL: SQLite by default, PostgreSQL by one URL."""
