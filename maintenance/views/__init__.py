"""Pages of daily maintenance: fetch in scope, ask a service, answer."""
