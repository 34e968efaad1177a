"""Every change of state in daily maintenance that carries a rule, an audit row or a side effect."""
