import type { Skill, SkillAnswer } from "./skill.ts";

const SILENCE: SkillAnswer = { say: "" };
const HELLO = "(hello|hi|hey|hiya|howdy|greetings|good day|hey there|hi there|hello there|yo)";

/** Stops, and answers what people say to be polite or to find their way. */
export const mannersSkill: Skill = {
  triggers: [
    "what can you do",
    "never mind",
    "forget it",
    "good morning",
    "goodbye",
    "thank you",
    "what is your name",
    "how are you",
    "please",
  ],
  intents: [
    {
      patterns: [
        "(stop|cancel|nevermind|quit|enough|silence|hush|quiet|abort|nothing|stop it|stop that|stop talking|stop speaking|shut up|shush|be quiet|be silent|that is enough|that is all|that will do|cancel that|cancel it|forget it|forget about it|forget that|leave it|skip it|drop it|no thanks|no thank you|do not worry|it does not matter) [now|about it|repartee|stop]",
        "[oh|ah|no|actually] (never mind|nevermind|never mind that|not now|do not bother|no never mind|ignore that|scratch that)",
        "stop (stop|stop stop)",
        "(ok|okay|alright|all right|got it|i see|right|cool|great|nice|good|perfect|very good|well done|understood|wonderful|fine|awesome) [ok|okay|then|great|good]",
      ],
      answer: () => SILENCE,
    },
    {
      patterns: [
        "what (can|do|could) you do [for me|exactly|all]",
        "what (are|is) you able to do",
        "what are you (able to do|capable of|good at|good for|for)",
        "what (are|is) your (skills|skill|abilities|capabilities|features|functions)",
        "what (can|could|should|may) i (ask|say|ask you|say to you|do|do with you|do here|tell you) [to do]",
        "what (things|kind of things|else) (can|could) you do",
        "what (do you know|skills do you have|commands do you know|commands are there)",
        "how (can|could|do) you help [me]",
        "what can you help [me] with",
        "what tells me what you can do",
        "what you can do",
        "[i need|i need some|can you|could you|please] help [me]",
        "how (do you work|does this work|do i use you|do i use this)",
        "list your (skills|commands|abilities)",
      ],
      answer: () => ({
        say: "I can tell the time and the date, set timers, alarms and reminders, calculate, convert units, flip a coin, roll dice and repeat what I said. With a language model, I can answer other questions too.",
      }),
    },
    {
      patterns: [`${HELLO} [you|repartee|computer|assistant|everyone|again|hello|hi]`],
      answer: () => ({ say: "Hello." }),
    },
    {
      patterns: ["[hello|hi|hey|a very] good {label} [to you|repartee]"],
      answer: ({ label = "" }) => {
        if (label === "night") return { say: "Good night." };
        return /^(?:morning|afternoon|evening)$/.test(label) ? { say: `Good ${label}.` } : undefined;
      },
    },
    {
      patterns: [
        "[many|so] (thanks|thank you|cheers|thank|much appreciated|much obliged) [a lot|so much|very much|a million|a bunch|you|for that|for your help|repartee|that is all|again|kindly]",
        "(that is|that was) (great|good|nice|perfect|helpful) (thanks|thank you)",
        "(great|ok|okay|good|perfect|cool|nice|no|alright) (thanks|thank you) [a lot|so much|very much]",
        "i appreciate it",
      ],
      answer: () => ({ say: "You are welcome." }),
    },
    {
      patterns: [
        `[${HELLO}] how (are|is) (you|it|things|everything) [doing|going|feeling|today] [today]`,
        "how do you (do|feel) [today]",
        "(how have you been|are you ok|are you okay|are you well|what is up|how is your day) [going|today]",
      ],
      answer: () => ({ say: "I am fine, thank you." }),
    },
    {
      patterns: [
        "what [is] your name [again]",
        "what (are you called|do they call you|should i call you|do i call you|can i call you)",
        "who (are|am) you",
        "what are you",
        "(say your name|introduce yourself|do you have a name|have you got a name|who is this|who am i talking to|who am i speaking to)",
      ],
      answer: () => ({ say: "I am Repartee, your voice assistant." }),
    },
    {
      patterns: [
        "(are you there|are you listening|are you awake|are you still there|is anybody there|is anyone there|anyone there|you there) [repartee]",
        "(can|do) you hear me [now|ok|okay]",
        "(testing|test|this is a test|is this on|is this thing on|is this working|are you working|do you work) [1 2 3|1 2|testing]",
      ],
      answer: () => ({ say: "Yes, I am listening." }),
    },
    {
      patterns: [
        "(goodbye|good bye|bye|bye bye|farewell|so long|good by|see you|see ya|see you later|see you soon|see you tomorrow|talk to you later|talk to you soon|until next time|have a good day|have a nice day|catch you later) [now|then|repartee|for now]",
      ],
      answer: () => ({ say: "Goodbye." }),
    },
  ],
};
