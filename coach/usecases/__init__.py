"""What a user can do, step by step, over the domain. Says what to say by response name; holds no sentence."""
