"""From a clip to a judgement: prompts, the Gemini adapter, strict reading of answers, model catalogue, prices."""
