"""What an operator needs: whether all is well, how things stand, setting up, schedules."""
