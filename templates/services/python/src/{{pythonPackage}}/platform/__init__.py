"""What every service needs and no business cares about."""
