import { z } from "zod";

const argument = z
  .string()
  .max(4_000)
  .regex(/^[^\0]*$/);

/** Who holds the conversation: Repartee itself, a program that speaks framed PCM, or a server of Moshi or PersonaPlex. */
export const conversationChoiceSchema = z
  .object({
    engine: z.enum(["own", "command", "chat"]).default("own"),
    /** The program and its arguments. No shell sees them. */
    command: z.array(argument).max(200).default([]),
    /** Of the server. */
    url: z.union([z.literal(""), z.url({ protocol: /^(https?|wss?)$/ }).max(2_000)]).default(""),
    /** Name of the voice on a server of PersonaPlex, like `NATF0.pt`; empty for Moshi, which has one. */
    voicePrompt: z.string().max(200).default(""),
    /** Who the assistant is, for a server of PersonaPlex; empty for the usual. */
    textPrompt: z.string().max(4_000).default(""),
  })
  .refine(({ engine, command }) => engine !== "command" || Boolean(command[0]), {
    path: ["command"],
    message: "there is no program to start",
  })
  .refine(({ engine, url }) => engine !== "chat" || url !== "", { path: ["url"], message: "there is no address" });

/** See {@link conversationChoiceSchema}. */
export type ConversationChoice = z.infer<typeof conversationChoiceSchema>;
