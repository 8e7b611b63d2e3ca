"""From a fetched response to a stored, searchable mention. Knows neither Django nor Scrapy."""
