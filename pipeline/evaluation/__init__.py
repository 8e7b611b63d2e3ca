"""Figures of quality: what a part answered, beside what a person holds to be right. Pure."""
