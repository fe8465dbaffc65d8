"""Networks that find objects in images, and draw a box around each."""
