"""Four invented sites on loopback, with news of the last two weeks and more while they run."""
