"""The sample agency: the invented market-supervision bureau of the invented city of Linjiang."""
