"""The sections of reports: each reads its queries and says what they tell."""
