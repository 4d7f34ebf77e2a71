"""What happens to the bodies that make records: recording them, importing their history, and acts of reorganisation."""
