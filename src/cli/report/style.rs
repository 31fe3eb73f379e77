//! What the page looks like: on a screen, on a narrow one, on paper.

/// The rules of style besides those that all pages have.
pub const STYLE: &str = "body{font-family:Georgia,'Times New Roman',serif;max-width:50rem}\
h1{font-size:1.9rem;margin:1.5rem 0 .5rem}h2{margin-top:3rem;border-bottom:1px solid #888;padding-bottom:.2rem}\
h3{margin-top:2rem}h4{margin:1.5rem 0 .5rem;font-size:1.05rem}\
a{color:#005a8c}a:focus,summary:focus,.scroll:focus{outline:3px solid #d55e00;outline-offset:2px}\
.skip{position:absolute;left:-100rem}.skip:focus{position:static}\
nav ul{list-style:none;padding-left:1.2rem;margin:0}nav>ul{padding:0}\
figure{margin:1.5rem 0 2.5rem;break-inside:avoid}figure svg{display:block;max-width:100%;height:auto}\
figcaption{font-size:.9rem;color:#555;margin:.3rem 0}.narrow{display:none}\
.scroll{overflow-x:auto;margin:.6rem 0}.scroll table{margin:0;font-size:.92rem}\
caption{text-align:left;font-style:italic;padding:.2rem .6rem;color:#444}\
details .scroll caption{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden;white-space:nowrap}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;font-size:.95rem}dd{margin:0}\
th{font-weight:normal}thead th{font-weight:bold;vertical-align:bottom}thead td{border-bottom:2px solid #888}tbody th{border-bottom:1px solid #ccc}\
tbody th.number{text-align:right}summary{cursor:pointer;color:#005a8c;padding:.2rem 0}\
@media(max-width:45rem){body{margin:0 auto;padding:0 .8rem;overflow-wrap:break-word}h1{font-size:1.5rem}\
.wide{display:none}.narrow{display:block}dl{display:block}dd{margin:0 0 .3rem}}\
@media print{.wide{display:block}.narrow,.skip,nav,summary,details:not([open]){display:none}\
body{max-width:none;margin:0;font-size:10pt}h2{margin-top:1.5rem}h2,h3,h4{break-after:avoid}\
.scroll{overflow:visible}.scroll table{font-size:8pt}th,td{padding:.1rem .3rem}tr,pre,figure{break-inside:avoid}thead{display:table-header-group}}";
