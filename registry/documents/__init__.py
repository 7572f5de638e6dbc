"""PDF: forms on paper, receipts and letters, drawn from blocks of text and the words of pdf_templates/."""
