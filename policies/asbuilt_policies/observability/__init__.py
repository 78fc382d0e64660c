"""Logs, metrics, alarms and traces."""
