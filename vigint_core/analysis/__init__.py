"""From a clip to a judgement: prompts, the Gemini adapter, strict reading of answers, the model catalogue and prices."""
