/** Spellings and their sounds in the phones of the CMU dictionary, longest spellings first. */
const SOUNDS: readonly (readonly [spelling: string, phones: string])[] = (
  "tion=SH AH N,sion=ZH AH N,ough=AO,eigh=EY,igh=AY,tch=CH,dge=JH,sch=SH,oar=AO R,ear=IH R,air=EH R," +
  "th=TH,sh=SH,ch=CH,ph=F,wh=W,gh=G,ck=K,ng=NG,qu=K W,kn=N,wr=R,ee=IY,ea=IY,oo=UW,ou=AW,ow=OW,oi=OY,oy=OY,ai=EY,ay=EY," +
  "ei=EY,ey=IY,ie=IY,au=AO,aw=AO,ew=Y UW,oa=OW,ue=UW,ar=AA R,er=ER,ir=ER,or=AO R,ur=ER," +
  "bb=B,cc=K,dd=D,ff=F,gg=G,ll=L,mm=M,nn=N,pp=P,rr=R,ss=S,tt=T,zz=Z," +
  "a=AE,b=B,c=K,d=D,e=EH,f=F,g=G,h=HH,i=IH,j=JH,k=K,l=L,m=M,n=N,o=AA,p=P,q=K,r=R,s=S,t=T,u=AH,v=V,w=W,x=K S,y=IY,z=Z"
)
  .split(",")
  .map((rule) => rule.split("=") as [string, string]);

const LONG_VOWELS: Readonly<Record<string, string>> = { a: "EY", e: "IY", i: "AY", o: "OW", u: "UW" };

/**
 * A pronunciation for a word that no dictionary has, phones of the CMU set separated by spaces. Good enough to place the word in time;
 * not meant for speaking. `word`: lower-case letters and apostrophes, at least one letter. Pure.
 */
export function guessPronunciation(word: string): string {
  const letters = word.replaceAll("'", "");
  const phones: string[] = [];
  let index = 0;
  while (index < letters.length) {
    const letter = letters[index] as string;
    const silentEnd = letter === "e" && index === letters.length - 1 && phones.length > 1;
    const soft = letter === "c" && /[eiy]/.test(letters[index + 1] ?? "");
    const long = LONG_VOWELS[letter];
    if (silentEnd) {
      index += 1;
    } else if (soft) {
      phones.push("S");
      index += 1;
    } else if (long && /^[aeiou][^aeiouwxyr]e$/.test(letters.slice(index))) {
      phones.push(long);
      index += 1;
    } else {
      const [spelling, sound] = SOUNDS.find(([candidate]) => letters.startsWith(candidate, index)) ?? [letter, ""];
      if (sound !== "") phones.push(sound);
      index += spelling.length;
    }
  }
  return phones.join(" ");
}
