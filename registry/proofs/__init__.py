"""What proves a consent to strangers: its sealed document, and the page where anybody checks one."""
