import { describe, expect, test } from "vitest";
import {
  judgeInterruption,
  type InterruptionEvidence,
  type InterruptionJudgement,
} from "../../../src-main/turn/words/judge-interruption.ts";
import { beginsWithStop, isStopOnly } from "../../../src-main/turn/words/stop-phrases.ts";

const REPLY =
  "You have two meetings tomorrow. The first one is at nine thirty with the design team, the second at three p.m.";

function judge(text: string, evidence: Partial<InterruptionEvidence> = {}): InterruptionJudgement {
  return judgeInterruption({ text, speechMs: 300, isOver: false, spokenText: REPLY, ...evidence });
}

test.each([
  "Stop",
  "Stop.",
  "stop!",
  "Wait.",
  "Wait,",
  "Wait, what?",
  "No.",
  "No,",
  "No, I meant tomorrow.",
  "Nope.",
  "Hold on.",
  "Hold on,",
  "Hang on a second.",
  "Be quiet.",
  "Shut up.",
  "Enough.",
  "Enough,",
  "Okay enough.",
  "Ok enough.",
  "Okay, that's enough.",
  "That’s enough.",
  "Never mind.",
  "Cancel.",
  "Cancel,",
  "Pause.",
  "Stop talking.",
  "Stop the timer.",
  "Please stop.",
  "Okay, stop it.",
  "Hey Repartee, stop.",
  "No no no.",
  "Oh, wait,",
  "Yeah, no,",
  "One second.",
])("%s is a stop as soon as it is heard", (text) => {
  for (const speechMs of [150, 300, 900, 2_000]) {
    expect(judge(text, { speechMs })).toBe("stop");
    expect(judge(text, { speechMs, isOver: true })).toBe("stop");
  }
});

test.each([
  "Mm-hmm.",
  "Mhm.",
  "Uh-huh.",
  "uh huh",
  "Yeah.",
  "Yeah, yeah.",
  "Yep.",
  "Right.",
  "Right?",
  "Right, right.",
  "OK.",
  "Okay.",
  "Ok,",
  "Okay, okay.",
  "Yes.",
  "Sure.",
  "I see.",
  "I see, okay.",
  "Oh, I see.",
  "Oh, okay.",
  "Got it.",
  "Okay, got it.",
  "All right.",
  "Alright.",
  "Ah, right.",
  "Cool.",
  "Really?",
  "Of course.",
  "Oh, yeah, right.",
  "Go on.",
  "Exactly.",
  "That's right.",
  "Thank you.",
])("%s is a backchannel once it is over", (text) => {
  expect(judge(text, { speechMs: 600, isOver: true })).toBe("backchannel");
  expect(judge(text, { speechMs: 600 })).toBe("unsure");
});

test("only agreeing for long is an interruption", () => {
  expect(judge("Yeah, yeah, right, right, okay, I see.", { speechMs: 2_000 })).toBe("interruption");
});

test.each([
  "",
  "...",
  "Hm.",
  "Hmm.",
  "Ah",
  "Ah!",
  "Uh",
  "Uh,",
  "Um.",
  "Oh.",
  "Huh?",
  "Eh.",
  "Uh, um.",
  "P.",
  "M. H. M.",
  "M. A. K. M..",
  "A. J. M. M.",
  "You.",
])("%j is nothing once it is over", (text) => {
  expect(judge(text, { speechMs: 500, isOver: true })).toBe("nothing");
  expect(judge(text, { speechMs: 500 })).toBe("unsure");
});

test.each([
  "The first one",
  "You have two meetings tomorrow.",
  "first one is at 9",
  "with the design team",
  "One is at nine thirty",
  "You have to meetings to-morrow the first one.",
  "the second at 3 P.M.",
  "meetings tomorrow. The first one is that nine",
])("%s is the reply's echo", (text) => {
  expect(judge(text, { speechMs: 900 })).toBe("echo");
  expect(judge(text, { speechMs: 900, isOver: true })).toBe("echo");
});

test.each([
  ["I can't.", "I can not answer that yet, because"],
  ["design team", "one is at nine thirty with the design team"],
  ["Its tree", "It is three p.m."],
])("%s sounds like what is being said", (text, spokenText) => {
  expect(judge(text, { speechMs: 380, isOver: true, spokenText })).toBe("echo");
});

test("what is said to stop is no echo, unless those very words were just said", () => {
  const spokenText = "I can tell you the time and the date";
  expect(judge("Ok, enough.", { speechMs: 900, spokenText })).toBe("stop");
  expect(judge("Ok, enough.", { speechMs: 900, isOver: true, spokenText })).toBe("stop");
  expect(judge("No, not now", { speechMs: 900, spokenText: "There are no timers, no, not now" })).toBe("echo");
});

test.each(["Bright.", "Write?"])("%s alone is agreement once it is over", (text) => {
  expect(judge(text, { speechMs: 350 })).toBe("unsure");
  expect(judge(text, { speechMs: 350, isOver: true })).toBe("backchannel");
  expect(judge(`${text} it down for me`, { speechMs: 900 })).toBe("interruption");
});

test.each(["Two meetings", "tomorrow", "Nine thirty?"])("%s is too short for an echo", (text) => {
  expect(judge(text, { speechMs: 700, isOver: true })).toBe("interruption");
});

test.each([
  "What about Friday?",
  "Is the first one on Zoom?",
  "Move the second one to Friday please.",
  "When is the meeting with the sales team?",
  "Can you tell me what is at nine tomorrow morning?",
])("%s shares words with the reply and is no echo", (text) => {
  expect(judge(text, { speechMs: 1_200, isOver: true })).toBe("interruption");
});

test("a stop phrase in the reply itself waits until its echo would have gone on", () => {
  const spokenText = "There is no timer running, stop by any time";
  expect(judge("No", { speechMs: 160, spokenText })).toBe("unsure");
  expect(judge("No timer running", { speechMs: 600, spokenText })).toBe("echo");
  expect(judge("No", { speechMs: 420, spokenText })).toBe("stop");
  expect(judge("Stop.", { speechMs: 200, isOver: true, spokenText })).toBe("stop");
  expect(judge("No, I meant", { speechMs: 300, spokenText })).toBe("stop");
});

test.each([
  ["What", 200, "unsure"],
  ["What", 420, "interruption"],
  ["What about", 300, "unsure"],
  ["What about to", 380, "interruption"],
  ["Okay, and?", 350, "unsure"],
  ["Okay, and?", 700, "interruption"],
  ["Okay I", 700, "unsure"],
  ["Ye", 500, "unsure"],
  ["Okay, but what about", 390, "interruption"],
  ["St", 150, "unsure"],
  ["Now,", 150, "unsure"],
  ["Boat,", 250, "unsure"],
] as const)("%s after %d ms is %s", (text, speechMs, judgement) => {
  expect(judge(text, { speechMs })).toBe(judgement);
});

test("words in a very short sound are a noise, in a longer one words", () => {
  expect(judge("Boat.", { speechMs: 160, isOver: true })).toBe("nothing");
  expect(judge("Tomorrow.", { speechMs: 350, isOver: true })).toBe("interruption");
  expect(judge("Why me?", { speechMs: 280, isOver: true })).toBe("interruption");
  expect(judge("Did you know?", { speechMs: 263, isOver: false })).toBe("unsure");
  expect(judge("Did you know?", { speechMs: 263, isOver: true })).toBe("nothing");
  expect(judge("Did you know?", { speechMs: 320, isOver: false })).toBe("interruption");
});

test("short words of which the recognizer is not sure are a noise; sure or long ones are not", () => {
  const heard = { isOver: true, speechMs: 360, meanLogProbability: -1 };
  expect(judge("Real not.", heard)).toBe("nothing");
  expect(judge("Real not.", { ...heard, meanLogProbability: -0.8 })).toBe("interruption");
  expect(judge("Real not.", { ...heard, speechMs: 480 })).toBe("interruption");
  expect(judge("I did not do", { ...heard, isOver: false })).toBe("unsure");
  expect(judge("Stop.", heard)).toBe("stop");
});

test("words of which the recognizer is not sure are waited for, for as long as they may become agreement", () => {
  const heard = { speechMs: 546, meanLogProbability: -1.1 };
  expect(judge("Bokehead,", heard)).toBe("unsure");
  expect(judge("Bokehead,", { ...heard, meanLogProbability: -0.6 })).toBe("interruption");
  expect(judge("Bokehead,", { ...heard, speechMs: 820 })).toBe("interruption");
  expect(judge("Bokehead.", { ...heard, isOver: true })).toBe("interruption");
  expect(judge("Ok.", { ...heard, isOver: true })).toBe("backchannel");
});

test("a stop phrase and more is not said in a moment", () => {
  expect(judge("No ice.", { speechMs: 96 })).toBe("unsure");
  expect(judge("No ice.", { speechMs: 200 })).toBe("stop");
  expect(judge("No.", { speechMs: 96 })).toBe("stop");
});

test("one word that sounds like the last one of the reply is nothing, unless the reply asks", () => {
  const heard = { isOver: true, speechMs: 300 };
  const spokenText = "I can answer other questions too.";
  expect(judge("Two.", { ...heard, spokenText })).toBe("nothing");
  expect(judge("Questions?", { ...heard, spokenText })).toBe("interruption");
  expect(judge("Two.", { ...heard, spokenText, isOver: false })).toBe("unsure");
  expect(judge("Two.", { ...heard, spokenText: "One or two?" })).toBe("interruption");
  expect(judge("Stop.", { ...heard, spokenText: "You can always say stop." })).toBe("stop");
});

test.each([
  "Stop.",
  "Stop it.",
  "Stop, please.",
  "Okay, stop now.",
  "Wait.",
  "No.",
  "No, no, no.",
  "Okay enough.",
  "Okay, that's enough.",
  "Enough.",
  "Hold on a second.",
  "Hang on.",
  "Never mind.",
  "Be quiet please.",
  "Shut up.",
  "Cancel.",
  "Pause.",
  "Stop talking.",
  "Please stop talking now.",
  "No, stop.",
  "Stop, thank you.",
  "Stuck.",
  "Step,",
  "Killed on.",
  "Up,",
  "And start.",
  "It's tough.",
  "Hey Repartee, stop.",
])("%s says only stop", (text) => {
  expect(isStopOnly(text)).toBe(true);
});

test.each([
  "",
  "Okay.",
  "Yeah.",
  "Stop the timer.",
  "Cancel the alarm.",
  "No, I meant tomorrow.",
  "Wait, what?",
  "Never mind the weather, what time is it?",
  "Pause the music.",
  "Step by step.",
  "Up to now.",
  "Start the timer.",
  "It's time to go.",
  "What is a stop sign?",
  "No problem.",
  "Nothing.",
  "Enough about that, tell me a joke.",
])("%j does not say only stop", (text) => {
  expect(isStopOnly(text)).toBe(false);
});

test.each(["", "Nothing.", "Notice", "Stopwatch", "Know", "Waiter", "Can you stop?", "I have no idea.", "Canceled"])(
  "%j does not begin with a stop phrase",
  (text) => {
    expect(beginsWithStop(text)).toBe(false);
  },
);

describe("what is likely stop", () => {
  const heard = { text: "Um.", speechMs: 220, isOver: true, spokenText: "It is four o'clock.", stopProbability: 0.3 };

  test("stops, whatever else it is taken for", () => {
    expect(judgeInterruption(heard)).toBe("stop");
    expect(judgeInterruption({ ...heard, text: "" })).toBe("stop");
    expect(judgeInterruption({ ...heard, text: "Let's tap." })).toBe("stop");
  });

  test("must be likelier before it is over", () => {
    expect(judgeInterruption({ ...heard, isOver: false })).toBe("unsure");
    expect(judgeInterruption({ ...heard, isOver: false, stopProbability: 0.6 })).toBe("stop");
  });

  test.each([
    ["hardly likely", { stopProbability: 0.05 }],
    ["longer than the word", { speechMs: 700 }],
    ["perhaps the reply's own word", { spokenText: "The bus stops here." }],
  ])("is nothing when %s", (_, change) => {
    expect(judgeInterruption({ ...heard, ...change })).toBe("nothing");
  });
});
