"""Letters: what is sent to people outside, composed and handed to a mail server or a webhook."""
