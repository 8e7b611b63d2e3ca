"""Rules: what makes a mention an alert. Pure: no database, no network, no clock."""
