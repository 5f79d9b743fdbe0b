import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { findBridge } from "./assistant-client/find-bridge.ts";
import { PageAudio } from "./audio/page-audio.ts";
import { connectWindow } from "./window-state.ts";
import "./styles.css";

const bridge = findBridge();
const audio = new PageAudio(bridge);
connectWindow(bridge, audio);
void audio.start();

createRoot(document.querySelector("#root") as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
