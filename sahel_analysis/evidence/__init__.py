"""Evidence: what is on record by a day, and the posture of each country that follows from it."""
