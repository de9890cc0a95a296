"""Slack: direct messages, mentions, a slash command and a home tab, on slack-bolt."""
