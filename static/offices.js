"use strict";
// The calendar's day: times stand where they belong on the line of their space, and a free one is
// booked by drawing over it. Without this script the times are a list and the space's link books.
{
    const grid = document.querySelector("[data-day-grid]");
    const first = Number(grid?.dataset.first) * 60;
    const length = Number(grid?.dataset.hours) * 60;
    const minutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
    const share = (value) => `${Math.min(Math.max((value - first) / length, 0), 1) * 100}%`;
    const clock = (value) => `${String(Math.floor(value / 60)).padStart(2, "0")}:${String(value % 60).padStart(2, "0")}`;

    const place = (slot) => {
        const to = minutes(slot.dataset.to);
        const from = share(minutes(slot.dataset.from));
        slot.style.setProperty("--from", from);
        slot.style.setProperty("--length", `calc(${share(to)} - ${from})`);
        slot.title = slot.textContent.trim();
    };

    const draw = (track) => {
        const slot = Number(track.dataset.slot);
        let begun = null;
        let shown = null;
        const at = (event, round) => {
            const box = track.getBoundingClientRect();
            const part = (event.clientX - box.left) / box.width;
            return round(((part * length) / slot)) * slot + first;
        };
        const span = (event) => {
            const there = at(event, Math.round);
            const start = Math.min(begun, there);
            const wanted = Math.max(Math.abs(there - begun), Number(track.dataset.least));
            return [start, Math.min(wanted, Number(track.dataset.most))];
        };
        const show = (event) => {
            const [start, wanted] = span(event);
            shown.style.left = share(start);
            shown.style.width = `calc(${share(start + wanted)} - ${share(start)})`;
            shown.textContent = `${clock(start)}–${clock(start + wanted)}`;
        };
        const stop = () => {
            begun = null;
            shown?.remove();
            shown = null;
        };
        track.addEventListener("pointerdown", (event) => {
            if (event.target !== track || event.button !== 0) return;
            begun = at(event, Math.floor);
            shown = track.appendChild(document.createElement("div"));
            shown.className = "day-drawn";
            track.setPointerCapture(event.pointerId);
            show(event);
        });
        track.addEventListener("pointermove", (event) => begun !== null && show(event));
        track.addEventListener("pointercancel", stop);
        track.addEventListener("pointerup", (event) => {
            if (begun === null) return;
            const [start, wanted] = span(event);
            stop();
            location.assign(`${track.dataset.track}&start=${clock(start)}&minutes=${wanted}`);
        });
    };

    if (grid) {
        grid.classList.add("day-placed");
        for (const slot of grid.querySelectorAll(".slot")) place(slot);
        for (const track of grid.querySelectorAll("[data-track]")) draw(track);
    }
}
