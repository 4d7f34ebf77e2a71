"""The programme of digitisation: phases, targets, and how far the bodies are."""
