"""Letters to people: invitations, codes, reminders, warnings; by e-mail, SMS or on paper."""
