"""`padwijzer evaluate`: how well messages, answers and dates are understood, on sentences of anyone's own."""
