"""Who a caller is: users, their roles, and the tokens that prove it."""
