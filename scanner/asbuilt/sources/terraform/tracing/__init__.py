"""Where values come from: the way back through the expressions, and references."""
