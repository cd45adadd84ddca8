/* The pages' own script: swaps pages inside the frame, sends forms to the API, and says what came of it. */
import { prepareAsking } from "./ask.js";
import { prepareChoosing } from "./choose.js";
import { prepareLines } from "./lines.js";
import { follow, rememberFrame } from "./go.js";
import { prepareLookingAgain } from "./look-again.js";
import { prepareSending } from "./send.js";
import { prepareSheets } from "./sheets.js";
import { preparePrinting } from "./print.js";
import { prepareScanning } from "./scan.js";
import { tellTables } from "./tables.js";

rememberFrame();
follow();
prepareSending();
prepareChoosing();
prepareLines();
prepareSheets();
prepareLookingAgain();
prepareScanning();
preparePrinting();
prepareAsking();
tellTables();
document.addEventListener("page:shown", tellTables);
