"""Who may use a route. Each route names one of these; none of them is the default."""

PUBLIC = "public"  # anyone whom the onion service lets through
REVIEWER = "reviewer"  # who is logged in; what they see is their own desks'
ADMIN = "admin"  # who is logged in and administers
