"""When may we answer without asking?"""
