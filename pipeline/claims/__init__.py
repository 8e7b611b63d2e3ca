"""What a mention says, compared with what is known: false claims and official facts."""
