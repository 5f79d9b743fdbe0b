import { expect, test } from "vitest";
import { ask } from "./ask-skills.ts";

/** What was said, what is answered, and what the effect does. A part that no skill understood is in angle brackets. */
type Row = readonly [request: string, say: string, does?: string];

const CHANCE_VOICE_AND_MANNERS: readonly Row[] = [
  ["role a dice", "It is a 2."],
  ["flip a corn", "It is heads."],
  ["roll two dice", "2 and 2, which makes 4."],
  ["roll a d20", "It is a 7."],
  ["Give me a number between 1 and 10", "4."],
  ["set a timer", "For how long?"],
  ["Hello", "Hello."],
  ["thanks", "You are welcome."],
  ["How are you?", "I am fine, thank you."],
  ["what's your name", "I am Repartee, your voice assistant."],
  ["goodbye", "Goodbye."],
  ["repeat that", "I have not said anything yet."],
  ["speak slower", "I will speak slower.", "speakingRateRatio 0.8"],
  ["speak a bit louder", "I will speak louder.", "volumeRatio 1"],
  ["stop", ""],
  ["never mind", ""],
  ["timer", "For how long?"],
  ["what is the square root of minus one", "That has no real result."],
  ["flip a coin", "It is heads."],
  ["heads or tails", "It is heads."],
  ["roll the dice", "It is a 2."],
  ["roll three six sided dice", "2, 2 and 2, which makes 6."],
  ["roll a twenty sided die", "It is a 7."],
  ["pick a number between one and ten", "4."],
  ["random number", "31."],
  ["say that again", "I have not said anything yet."],
  ["can you repeat that", "I have not said anything yet."],
  ["what did you say", "I have not said anything yet."],
  ["slower please", "I will speak slower.", "speakingRateRatio 0.8"],
  ["talk faster", "I will speak faster.", "speakingRateRatio 1.25"],
  ["turn the volume up", "I will speak louder.", "volumeRatio 1"],
  ["volume down", "I will speak more quietly.", "volumeRatio 0.53"],
  ["set the volume to fifty percent", "The volume is 50 percent.", "volumeRatio 0.5"],
  ["louder", "I will speak louder.", "volumeRatio 1"],
  ["quieter please", "I will speak more quietly.", "volumeRatio 0.53"],
  ["hi there", "Hello."],
  ["good morning", "Good morning."],
  ["good night", "Good night."],
  ["thank you very much", "You are welcome."],
  ["who are you", "I am Repartee, your voice assistant."],
  ["are you there", "Yes, I am listening."],
  ["shut up", ""],
  ["forget it", ""],
  ["flip a coin and roll a dice", "It is heads. It is a 2."],
  ["Thanks, bye", "You are welcome. Goodbye."],
  ["Toss a coin for me", "It is heads."],
  ["heads or tails?", "It is heads."],
  ["flip a coin please", "It is heads."],
  ["spin a coin", "It is heads."],
  ["flip three coins", "That is 3 heads and 0 tails."],
  ["roll a die", "It is a 2."],
  ["throw the dice", "It is a 2."],
  ["roll two d6", "2 and 2, which makes 4."],
  ["roll 2d6", "2 and 2, which makes 4."],
  ["roll a six-sided die", "It is a 2."],
  ["give me a number between 5 and 15", "8."],
  ["pick a random number", "31."],
  ["choose a number from one to a hundred", "31."],
  ["say it again", "I have not said anything yet."],
  ["repeat that please", "I have not said anything yet."],
  ["come again?", "I have not said anything yet."],
  ["pardon?", "I have not said anything yet."],
  ["could you say that again please", "I have not said anything yet."],
  ["one more time", "I have not said anything yet."],
  ["I didn't catch that", "I have not said anything yet."],
  ["talk slower", "I will speak slower.", "speakingRateRatio 0.8"],
  ["can you speak more slowly", "I will speak slower.", "speakingRateRatio 0.8"],
  ["you're talking too fast", "I will speak slower.", "speakingRateRatio 0.8"],
  ["slow down a bit", "I will speak slower.", "speakingRateRatio 0.8"],
  ["speak a little faster", "I will speak faster.", "speakingRateRatio 1.25"],
  ["speed up", "I will speak faster.", "speakingRateRatio 1.25"],
  ["speak normally", "I speak at my normal speed again.", "speakingRateRatio 1"],
  ["turn it up", "I will speak louder.", "volumeRatio 1"],
  ["turn up the volume", "I will speak louder.", "volumeRatio 1"],
  ["raise the volume", "I will speak louder.", "volumeRatio 1"],
  ["make it louder", "I will speak louder.", "volumeRatio 1"],
  ["I can't hear you", "I will speak louder.", "volumeRatio 1"],
  ["you are too quiet", "I will speak louder.", "volumeRatio 1"],
  ["speak up", "I will speak louder.", "volumeRatio 1"],
  ["turn it down", "I will speak more quietly.", "volumeRatio 0.53"],
  ["lower the volume", "I will speak more quietly.", "volumeRatio 0.53"],
  ["be quieter", "I will speak more quietly.", "volumeRatio 0.53"],
  ["not so loud", "I will speak more quietly.", "volumeRatio 0.53"],
  ["volume fifty", "The volume is 50 percent.", "volumeRatio 0.5"],
  ["full volume", "The volume is 100 percent.", "volumeRatio 1"],
  ["quiet", ""],
  ["cancel", ""],
  ["that's enough", ""],
  ["no thanks", ""],
  ["forget about it", ""],
  ["okay", ""],
  ["ok thanks", "You are welcome."],
  ["Hello there!", "Hello."],
  ["Hey!", "Hello."],
  ["Hi Repartee", "Hello."],
  ["good afternoon", "Good afternoon."],
  ["good evening", "Good evening."],
  ["how's it going", "I am fine, thank you."],
  ["how do you do", "I am fine, thank you."],
  ["thank you", "You are welcome."],
  ["thanks a lot", "You are welcome."],
  ["thanks for your help", "You are welcome."],
  ["bye", "Goodbye."],
  ["see you later", "Goodbye."],
  ["what do they call you", "I am Repartee, your voice assistant."],
  ["do you have a name", "I am Repartee, your voice assistant."],
  ["what are you", "I am Repartee, your voice assistant."],
  ["can you hear me", "Yes, I am listening."],
  ["is anybody there", "Yes, I am listening."],
  ["test", "Yes, I am listening."],
];

const ASKING_FOR_HELP = [
  "what can you do",
  "help",
  "what are your skills",
  "what can I ask you",
  "how can you help me",
  "what else can you do",
];

for (const [request, say, does = ""] of CHANCE_VOICE_AND_MANNERS) {
  test(`"${request}"`, async () => {
    const asked = await ask(request);
    expect(asked.rest === "" ? asked.say : `${asked.say} <${asked.rest}>`).toBe(say);
    expect(asked.does).toBe(does);
  });
}

test.each(ASKING_FOR_HELP)("%s", async (request) => {
  expect((await ask(request)).say).toMatch(/^I can tell the time and the date, set timers/);
});

test("repeats what was heard last", async () => {
  const history = [
    { speaker: "user", text: "flip a coin", interrupted: false },
    { speaker: "assistant", text: "It is heads.", interrupted: false },
  ] as const;
  expect((await ask("say that again", { history })).say).toBe("It is heads.");
});

test("chance is fair over what was asked for", async () => {
  const values = [0, 0.17, 0.34, 0.51, 0.68, 0.99];
  const dice = await Promise.all(values.map((value) => ask("roll a die", { random: () => value })));
  expect(dice.map(({ say }) => say)).toEqual([1, 2, 3, 4, 5, 6].map((eyes) => `It is a ${eyes}.`));
  expect((await ask("pick a number between 5 and 7", { random: () => 0.999 })).say).toBe("7.");
  expect((await ask("flip a coin", { random: () => 0.5 })).say).toBe("It is tails.");
});
