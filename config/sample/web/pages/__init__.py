"""The pages of the sample sites: Jinja2 templates, each site with a shape of its own."""
