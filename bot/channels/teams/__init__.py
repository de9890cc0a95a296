"""The Teams door: a single-tenant bot over Microsoft's Bot Connector, without Microsoft's SDK."""
