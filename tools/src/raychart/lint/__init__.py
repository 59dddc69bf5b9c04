"""Find what is wrong in values files before anything is rendered: rule.py says what a rule is, rules/ holds them."""
