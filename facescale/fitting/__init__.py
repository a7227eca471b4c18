"""What registration and reconstruction share: solvers, robust weights, schedules."""
